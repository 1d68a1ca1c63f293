"""What is shipped: the wheel, the container, the settings' example, the hooks for Slack's command line."""
