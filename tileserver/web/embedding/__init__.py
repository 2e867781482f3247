"""The map in other people's pages: by frame, by oEmbed, by a custom element, by a picture."""
