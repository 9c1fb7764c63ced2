"""`capbench completion`: the shell's completion script."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell: eval "$(capbench completion bash)"."""
    from click.shell_completion import get_completion_class

    from bench.cli import main

    script = get_completion_class(shell)
    assert script is not None  # the choices are exactly click's own
    click.echo(script(main, {}, "capbench", "_CAPBENCH_COMPLETE").source())
