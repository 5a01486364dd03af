"""The WSGI application; on a laptop its process does the background work as well."""

import os
from multiprocessing.util import Finalize

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waystation.site.settings")
application = get_wsgi_application()

if os.environ.get("WAYSTATION_WORKER") == "thread":
    from waystation.site.backups import nightly  # noqa: F401 - what the house does by itself is declared there
    from waystation.site.worker import Worker

    worker = Worker()
    worker.start()
    Finalize(None, worker.end, exitpriority=10)  # the server's processes end without running what atexit holds
