"""Real servers for tests: `python -m tools.devservers -m pytest` starts and stops them.

`servers` has one function per server, which fault tests call for servers of their
own; `__main__` is the command that runs something while shared ones are up.
"""
