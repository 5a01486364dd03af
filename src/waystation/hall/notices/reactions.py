"""Every act tells those whom it concerns, in its own transaction."""

from waystation.hall.notices.acts import tell
from waystation.kernel.acts import afterwards

afterwards.append(tell)
