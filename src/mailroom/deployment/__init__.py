"""The definitions in infra/ to a stack: the same way to an emulator and to AWS."""
