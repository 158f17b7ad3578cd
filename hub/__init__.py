"""The node that wants every log, merges them and answers: what is in this, and where did that go."""
