"""AWS's rules as pure Python: used by the emulator at run time and by the toolbox's checks."""
