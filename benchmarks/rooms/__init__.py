"""Parts of the room benchmark."""
