"""The command line: one module a subcommand, each one call of the public function of the same name."""
