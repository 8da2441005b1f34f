// Talking with our own server: one place that knows the form token and what "signed out" looks like.
export class SignedOut extends Error {}

const side = location.pathname.startsWith("/me/") ? "/me/" : "/";
let asked = null;

// {key, who, token}: the key for half-typed text, whose it is, and a fresh form token.
export function draftKey({ again = false } = {}) {
  if (!asked || again) {
    asked = fetch(`${side}drafts/key/`, { headers: { "X-Requested-With": "fetch" } }).then(async (response) => {
      if (response.status === 401) throw new SignedOut();
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    });
    asked.catch(() => (asked = null));
  }
  return asked;
}

export async function post(address, fields) {
  let response = await send(address, fields);
  if (response.status === 403) {
    const { token } = await draftKey({ again: true });
    for (const field of tokenFields()) field.value = token;
    response = await send(address, fields);
  }
  if (response.status === 401) throw new SignedOut();
  return response;
}

function send(address, fields) {
  const body = new URLSearchParams(fields);
  body.set("csrfmiddlewaretoken", tokenFields()[0]?.value ?? "");
  return fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
}

function tokenFields() {
  return [...document.querySelectorAll('input[name="csrfmiddlewaretoken"]')];
}
