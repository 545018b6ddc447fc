"""Those who carry what is told: a mail server, AWS SNS, and the log where neither is set up."""
