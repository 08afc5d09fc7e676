"""The tagger measured against what a good engineer builds in an afternoon: `headway bench tagger`."""
