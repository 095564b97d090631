"""A person's place: the list of questions, their messages and their tasks."""
