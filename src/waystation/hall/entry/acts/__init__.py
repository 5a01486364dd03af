"""What is done at the door. Acts that take secrets are in no register: only the house's own pages do them."""

from waystation.hall.entry.acts.duties import approve, ask_for, decline, lend
from waystation.hall.entry.acts.links import change_password, send, use, withdraw
from waystation.hall.entry.acts.people import amend, close, reopen, sign_out
from waystation.hall.entry.acts.ways import add_app, add_passkey, come_in, link, new_codes, remove, rename

__all__ = [
    "add_app", "add_passkey", "amend", "approve", "ask_for", "change_password", "close", "come_in", "decline", "lend", "link",
    "new_codes", "remove", "rename", "reopen", "send", "sign_out", "use", "withdraw",
]  # fmt: skip
