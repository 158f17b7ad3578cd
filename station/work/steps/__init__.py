"""One file for each kind of step: what it expects, how it takes an answer, when it is complete."""
