package stat

// significant is the level of significance of the tests.
const significant = 0.05

// Nature is what the tests of a series say of its level.
type Nature uint8

const (
	// Undecided: neither a unit root nor stationarity is rejected, or the tests around a level and around a line differ
	// in it.
	Undecided Nature = iota
	// Stationary around a level.
	Stationary
	// TrendStationary: stationary around a line in time.
	TrendStationary
	// DifferenceStationary: a unit root is not rejected, and stationarity is, around a level and around a line.
	DifferenceStationary
	// Contradictory: a unit root is rejected, and stationarity too, as where the level jumps or memory is long, or by
	// chance.
	Contradictory
)

// String returns the name: undecided, stationary, trend-stationary, difference-stationary or contradictory.
func (n Nature) String() string {
	return [...]string{"undecided", "stationary", "trend-stationary", "difference-stationary",
		"contradictory"}[min(n, Contradictory)]
}

// UnitRoot is the tests of a series with one deterministic part: ADF's hypothesis is a unit root, that of KPSS is that
// there is none.
type UnitRoot struct{ ADF, KPSS Result }

// Root reports whether ADF does not reject a unit root at 5 %.
func (u UnitRoot) Root() bool { return u.ADF.P >= significant }

// Moves reports whether KPSS rejects stationarity at 5 %.
func (u UnitRoot) Moves() bool { return u.KPSS.P < significant }

// StationarityResult holds the ADF and KPSS tests of one series, around a level (statsmodels' regression "c") and
// around a line ("ct"), each with its own choice of lags.
type StationarityResult struct{ Level, Line UnitRoot }

// Stationarity runs the four tests.
func Stationarity(x []float64) (s StationarityResult, err error) {
	for _, c := range []struct {
		trend Trend
		to    *UnitRoot
	}{{Level, &s.Level}, {Line, &s.Line}} {
		if c.to.ADF, err = ADF(x, c.trend, Auto); err != nil {
			return s, err
		}
		if c.to.KPSS, err = KPSS(x, c.trend, Auto); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Nature concludes from the tests. A series is stationary around a level where both tests say so, around a line where
// both do and ADF does not reject a unit root around a level, difference-stationary where all four tests say so. KPSS
// alone does not make a line of a level: it rejects too often where values depend on each other.
func (s StationarityResult) Nature() Nature {
	level, line := s.Level, s.Line
	switch {
	case !level.Root() && !level.Moves():
		return Stationary
	case level.Root() && !line.Root() && !line.Moves():
		return TrendStationary
	case level.Root() && level.Moves() && line.Root() && line.Moves():
		return DifferenceStationary
	case level.Moves() && !level.Root() || line.Moves() && !line.Root():
		return Contradictory
	}
	return Undecided
}

// Wanders reports whether the level moves and no test speaks for a line or a level that the series returns to: KPSS
// rejects stationarity around a level, ADF rejects a unit root neither around a level nor around a line. Every
// difference-stationary series wanders; so does one of which KPSS leaves open whether it follows a line.
func (s StationarityResult) Wanders() bool { return s.Level.Moves() && s.Level.Root() && s.Line.Root() }
