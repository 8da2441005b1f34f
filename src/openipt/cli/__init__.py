"""The `openipt` command: one file per command in this folder.

A command is a module here. Its name is the command's name (`_` becomes `-`), and it holds:

    help = "One line that `openipt --help` shows."

    def add_arguments(parser: argparse.ArgumentParser) -> None: ...
    def run(args: argparse.Namespace) -> int: ...          # the exit code; 0 is well

or, for a command with parts such as `openipt manual check`:

    help = "One line."
    COMMANDS = {"check": ("One line.", add_check_arguments, check), ...}

Nothing has to be registered: `openipt.cli.main` finds the file. Rules for every command:

- Import Django, `openipt.records` and `openipt.web` inside `run`, after
  `openipt.cli.django_setup.setup()`; never at the top of the module. Commands that need no database
  never call it.
- Raise `PersonError`, `ContentError` or `SettingError` and let it pass: `main` prints it as a message
  and ends with the code below. Say what is wrong on stderr, results on stdout.
- What `--help` tells is the docstring: of the module, or of the function of a part. The reference page is printed
  from it (`make docs-print`), and a page of docs/ named in it becomes a link there.
- `files.read_text(path)` opens a file that a person named, with a plain message if it cannot.
- `demo.py` also holds `welcome(address: str) -> str`: the logins and the five-minute path, which
  `openipt serve` prints below the address when the service is a demo.

Exit codes: 0 well, 1 the answer is no (a check found faults), 2 the command was mistyped,
3 something a person can mend (PersonError), 4 content files are wrong, 5 a setting is wrong.
"""
