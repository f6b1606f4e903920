"""What is done to a show that listeners have already: taking an episode out, going back, clearing up, new sound."""
