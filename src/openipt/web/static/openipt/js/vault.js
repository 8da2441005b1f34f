// Half-typed text on this device, as AES-GCM ciphertext only. The key comes from the server, for the
// person signed in; without it the text is noise. A slot is an address and a field's name, no words.
import { draftKey } from "./server.js";

const PREFIX = "openipt:draft:";
let opened = null;

// The key in memory, also when the connection is lost later. Asked for once, on the first use.
async function open() {
  opened ??= draftKey().then(async ({ key, who }) => ({
    who,
    key: await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]),
  }));
  opened.catch(() => (opened = null));
  return opened;
}

const available = () => Boolean(globalThis.crypto?.subtle) && Boolean(globalThis.localStorage);

export async function keep(slot, text) {
  if (!available()) return;
  const vault = await open().catch(() => null);
  if (!vault) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(box(iv, slot), vault.key, new TextEncoder().encode(text));
  localStorage.setItem(place(vault, slot), `${base64(iv)}.${base64(new Uint8Array(sealed))}`);
}

// The text kept for a slot, or null. What cannot be opened (another key, damage) is left alone.
export async function kept(slot) {
  if (!available() || !holdsAny()) return null;
  await letGo();
  const vault = await open();
  const found = localStorage.getItem(place(vault, slot));
  if (!found) return null;
  const [iv, sealed] = found.split(".").map(bytes);
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(box(iv, slot), vault.key, sealed));
  } catch {
    return null;
  }
}

export async function forget(slot) {
  if (!available() || !holdsAny()) return;
  const vault = await open();
  localStorage.removeItem(place(vault, slot));
}

// Every slot with this beginning in which this person has something.
export async function slots(beginning) {
  if (!available() || !holdsAny()) return [];
  await letGo();
  const vault = await open();
  const names = Object.keys(localStorage).filter((name) => name.startsWith(place(vault, beginning)));
  return names.map((name) => name.slice(place(vault, "").length));
}

// What the server has taken (the cookie names each, with "/" between) is let go of before anything is read here, so
// that a form opened again right after it was sent comes up empty. Only then is the cookie cleared: a page may be
// left before its script is through, and the next one then goes on. Each side clears what is its own.
let lettingGo = null;
export function letGo() {
  lettingGo ??= letGoOfReceived().catch(() => (lettingGo = null));
  return lettingGo;
}

async function letGoOfReceived() {
  const all = received();
  const [mine, others] = [all.filter(isOwn), all.filter((name) => !isOwn(name))];
  for (const name of mine) await forget(decodeURIComponent(name));
  const since = received().filter((name) => !all.includes(name));
  const left = [...others, ...since].join("/");
  if (mine.length) document.cookie = `${RECEIVED}=${left}; Max-Age=${left ? 600 : 0}; path=/; SameSite=Lax`;
}

const RECEIVED = "openipt_received";
const received = () => (document.cookie.match(/(?:^|; )openipt_received=([^;]+)/)?.[1] ?? "").split("/").filter(Boolean);
const ofClient = (address) => address.startsWith("/me/");
const isOwn = (name) => ofClient(decodeURIComponent(name)) === ofClient(location.pathname);

// Opens the vault ahead of need, so that text can be kept when the connection is lost.
export const ready = () => open().then(() => true, () => false);

const holdsAny = () => Object.keys(localStorage).some((name) => name.startsWith(PREFIX));
const place = (vault, slot) => `${PREFIX}${vault.who}:${slot}`;
const box = (iv, slot) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(slot) });
const base64 = (data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
