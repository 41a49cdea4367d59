"""The parts of `make evaluate`: each measures one thing and returns rows of the table."""
