"""What Headway measures against: jobs, their steps and desired outcomes. Plain data and rules."""
