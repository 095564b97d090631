"""Flow 1, decided in values: the gate, the questions, the proof, the ends."""
