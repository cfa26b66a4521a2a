package layer

import "gorae/config"

// ConfigSchema is the choice of names.
func (Activation) ConfigSchema(*config.Schemas) config.Map { return config.Enum(Activations()...) }
