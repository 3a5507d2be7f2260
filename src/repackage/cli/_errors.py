"""From what went wrong to a few lines on stderr and an exit status."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from repackage.cli._talk import Talk, forget
from repackage.errors import OutputError, Problem, RepackageError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: EX_SOFTWARE of sysexits(3): an error of ours, to be reported.
INTERNAL_ERROR = 70
#: 128 + SIGINT.
INTERRUPTED = 130
#: 128 + SIGPIPE: who read our output went away, as ``head`` does.
BROKEN_PIPE = 141
#: 128 + SIGTERM: what was unfinished is taken away, as after an interrupt.
TERMINATED = 143
#: 128 + SIGHUP: the terminal was closed; the same holds.
HUNG_UP = 129


def exit_status(program: click.Command, arguments: Sequence[str]) -> int:
    """Run a program, report what goes wrong, and return the exit status."""
    talk = Talk()
    try:
        status = _run(program, arguments, talk=talk)
    except RepackageError as error:
        talk.problems(error.problems)
        return error.exit_code
    except click.ClickException as error:
        talk.problems([_usage_problem(error)])
        return UsageError.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(talk)
    except BrokenPipeError:
        forget(sys.stdout)
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last line of defence
        verbose = "-vv" in arguments or "REPACKAGE_DEBUG" in os.environ
        return _unforeseen(error, talk=talk, verbose=verbose)
    return status if isinstance(status, int) else 0


def _run(program: click.Command, arguments: Sequence[str], *, talk: Talk) -> object:
    """Do what ``program.main`` does, but leave every error to the caller.

    ``main`` would answer a broken pipe with status 1, which has a meaning here.
    """
    if os.environ.get("_REPACKAGE_COMPLETE"):  # the shell asks for completions
        program.main(list(arguments), prog_name="repackage")
    try:
        with program.make_context("repackage", list(arguments), obj=talk) as context:
            status = program.invoke(context)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        status = UsageError.exit_code
    except click.exceptions.Exit as leaving:  # --help and --version are done
        status = leaving.exit_code
    click.echo(nl=False)  # which flushes stdout, if there is one
    return status


def _interrupted(talk: Talk) -> int:
    talk.echo("interrupted; nothing was left behind")
    return INTERRUPTED


def _usage_problem(error: click.ClickException) -> Problem:
    """Say in our words what click found wrong."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "repackage"
    advice = f"'{path} --help' lists the options"
    match error:
        case click.NoSuchOption(option_name=name, ctx=click.Context() as where):
            known = [option for each in where.command.params for option in each.opts]
            return Problem(
                what=f"no option is called {name!r}", advice=_nearest(name, known) or advice
            )
        case click.FileError():
            return Problem(what=error.message, where=error.ui_filename)
        case _:
            message = error.format_message().rstrip(".").replace("\n", " ")
            return Problem(what=message[:1].lower() + message[1:], advice=advice)


def _nearest(name: str, known: Iterable[str]) -> str:
    """Suggest an option, if one is near."""
    suggestion = did_you_mean(name, known)
    return suggestion if suggestion.startswith("did") else ""


def _unforeseen(error: Exception, *, talk: Talk, verbose: bool) -> int:
    """Report an error that is ours, unless it is one of a full disk behind stdout."""
    if isinstance(error.__cause__, KeyboardInterrupt):
        # Python before 3.12, while a class is made: "Error calling __set_name__ on …"
        return _interrupted(talk)
    if _is_of_stdout(error):
        forget(sys.stdout)
        advice = "free some space; artifacts that were made are in their places"
        what = f"cannot be written: {str(getattr(error, 'strerror', error)).lower()}"
        talk.problems([Problem(what=what, where="stdout", advice=advice)])
        return OutputError.exit_code
    if verbose:
        import traceback  # slow to import

        traceback.print_exception(error)
    talk.problems(
        [
            Problem(
                what=f"internal error: {type(error).__name__}: {error}",
                advice="this is a bug of repackage: please report it, with what -vv shows",
            )
        ]
    )
    return INTERNAL_ERROR


def _is_of_stdout(error: Exception) -> bool:
    """Whether it is results that could not be written: nothing else is echoed unguarded."""
    import traceback  # slow to import

    frames = traceback.walk_tb(error.__traceback__)
    return isinstance(error, OSError) and any(
        frame.f_code is click.echo.__code__ for frame, _ in frames
    )
