"""The console command ``wardmote``: Django's commands, and ``analyse``, which needs no site at all."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    if sys.argv[1:2] == ["analyse"]:
        from sentiment.nlp.analyse import main as analyse  # the only command that must start without Django

        sys.exit(analyse(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardmote.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["wardmote", *sys.argv[1:]])


if __name__ == "__main__":
    main()
