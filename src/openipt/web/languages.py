"""Languages that somebody may be spoken to in, as they are offered in a form."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "pt": "Portuguese",
    "ar": "Arabic",
    "tr": "Turkish",
    "uk": "Ukrainian",
}
