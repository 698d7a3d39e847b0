"""Things that several folders of tests are about, built with loud defaults."""
