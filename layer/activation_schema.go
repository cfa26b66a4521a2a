package layer

import "gorae/config"

// ConfigSchema returns the choice of names.
func (Activation) ConfigSchema(*config.Schemas) config.Map { return config.Enum(Activations()...) }
