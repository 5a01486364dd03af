"""What people do about names: ask, decide, set aside, remember."""

from waystation.apps.naming.acts.deciding import ask, decide, decide_none, reopen, set_aside
from waystation.apps.naming.acts.remembering import remember, withdraw

__all__ = ["ask", "decide", "decide_none", "remember", "reopen", "set_aside", "withdraw"]
