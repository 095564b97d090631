"""What flow 2b needs beside the roles of its connections."""
