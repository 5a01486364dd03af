"""Who may bring files: whoever runs displacement tracking at an office."""

from waystation.kernel.rules import duty

manager = duty("tracking.manage")
