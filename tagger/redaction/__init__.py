"""How personal data is found: recognisers, what they check, and how their findings become placeholders."""
