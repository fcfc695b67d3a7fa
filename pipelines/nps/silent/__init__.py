"""What those who do not answer would have said, under one assumption each: see nps.everybody."""
