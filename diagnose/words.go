package diagnose

import (
	"fmt"
	"strings"
)

// sprintRemedies is the remedy against overfitting, by the names of those that the experiment does not use.
func sprintRemedies(names []string) string {
	return fmt.Sprintf("remedies that the experiment does not use yet: %s", strings.Join(names, ", "))
}
