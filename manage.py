#!/usr/bin/env python
import os
import sys
import traceback


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed for this Python. Run `make setup`, then use .venv/bin/python.")
    try:
        settings.INSTALLED_APPS  # noqa: B018  (reads the settings)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings cannot be used: {error}")
    execute_from_command_line(sys.argv)


def keep_the_message() -> None:
    """A mail server pipes a message to us: unless we have it, it must hear 75 (EX_TEMPFAIL), whatever went wrong, even
    before there is a command to run. On most other codes it sends the message back to whoever wrote it.
    """
    try:
        main()
    except SystemExit as end:
        if end.code in (None, os.EX_OK, os.EX_NOINPUT):
            raise
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        sys.exit(os.EX_TEMPFAIL)
    except Exception:
        traceback.print_exc()
        sys.exit(os.EX_TEMPFAIL)


if __name__ == "__main__":
    if sys.argv[1:2] == ["receive_mail"]:
        keep_the_message()
    else:
        main()
