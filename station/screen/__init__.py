"""Build the work screen from a finished turn: prompt, tiles, scene. Pure; decides nothing."""
