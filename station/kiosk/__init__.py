"""The touch screen of a workplace: sends messages, shows announcements, decides nothing; one file per screen."""
