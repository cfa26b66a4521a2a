package stat

import "fmt"

// Error is the error of a computation that observations do not allow.
type Error struct {
	Of  string // what was to be computed, such as ljung-box
	Why error
}

func (e *Error) Error() string { return e.Of + ": " + e.Why.Error() }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Why }

// Reason returns why something could not be computed, without the name of what was to be: for sentences that name it
// themselves.
func Reason(err error) error {
	if e, ok := err.(*Error); ok {
		return e.Why
	}
	return err
}

func failed(of, format string, args ...any) error { return &Error{of, fmt.Errorf(format, args...)} }
