package study

func (s *study) draw(r *Result) error { return nil }
