"""Ten thousand requests that are nearly Slack's: nothing breaks, and nobody changes what is not theirs to change."""
