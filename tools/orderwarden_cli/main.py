"""The `orderwarden` command."""

from __future__ import annotations

import click

from orderwarden_cli.changelog_commands import export_lines, verify_lines
from orderwarden_cli.dead_letters_commands import dead_letters
from orderwarden_cli.demo.command import demo
from orderwarden_cli.doctor_command import doctor
from orderwarden_cli.help_shown import lay_out_help
from orderwarden_cli.hooks_commands import hooks
from orderwarden_cli.import_command import import_lines
from orderwarden_cli.init_command import init
from orderwarden_cli.inspection import changelog, status
from orderwarden_cli.kill_switch import pause, resume
from orderwarden_cli.reconcile_commands import reconcile
from orderwarden_cli.reviews_commands import reviews
from orderwarden_cli.rules_commands import rules
from orderwarden_cli.serve import serve
from orderwarden_cli.sweep_commands import sweep
from orderwarden_cli.timeline_commands import replay, show_timeline
from orderwarden_cli.undo_command import undo


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="orderwarden")
def main() -> None:
    """Keep the order statuses of a BigCommerce store right, and say why.

    Exit codes: 0 done, 1 the answer is no, 2 usage, 3 configuration, 4 out of reach.
    """


for command in (
    serve,
    demo,
    init,
    rules,
    changelog,
    reviews,
    sweep,
    undo,
    hooks,
    doctor,
    dead_letters,
    pause,
    resume,
    status,
    reconcile,
    show_timeline,
    replay,
):
    main.add_command(command)

for command in (export_lines, import_lines, verify_lines):
    changelog.add_command(command)

lay_out_help(main)
