"""The WSGI application; on a laptop its process does the background work as well."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waystation.site.settings")
application = get_wsgi_application()

if os.environ.get("WAYSTATION_WORKER") == "thread":
    from waystation.site.worker import Worker

    Worker().start()
