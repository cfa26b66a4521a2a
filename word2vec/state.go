package word2vec

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/fnv"
	"io"
	"math"
)

// magic begins a checkpoint; its last byte is the version of the form.
const magic = "gorae-word2vec\x00\x01"

// head is what a checkpoint says before the vectors.
type head struct {
	Training    uint64 // a hash of the corpus, the Config and the seed
	Words, Size uint32
	Epoch       uint32
	At          uint64
	Loss, Count float64
}

// fingerprint returns a hash of all that the vectors depend on, beside the instruction set; the number of epochs is
// part of it, since the learning rate falls with it.
func (t *Trainer) fingerprint() uint64 {
	h := fnv.New64a()
	c := t.Config
	fmt.Fprintln(h, t.Corpus.Hash(), t.Seed, c.Method, c.Size, c.Window, c.Negative, *c.Sample, c.Epochs,
		c.LearningRate)
	return h.Sum64()
}

// Save writes a checkpoint, from which Restore goes on to the bit: little-endian, magic, head, the vectors of the
// words and those of their contexts, and a CRC-32C of all that.
func (t *Trainer) Save(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	to := io.MultiWriter(b, sum)
	if _, err := io.WriteString(to, magic); err != nil {
		return err
	}
	n := len(t.Corpus.Vocabulary.Words)
	err := binary.Write(to, binary.LittleEndian, head{t.fingerprint(), uint32(n), uint32(t.size), uint32(t.epoch),
		uint64(t.at), t.loss, t.count})
	if err != nil {
		return err
	}
	raw := make([]byte, 4*t.size)
	for _, m := range [][]float32{t.in, t.out} {
		for i := range n {
			for d, x := range m[i*t.ld:][:t.size] {
				binary.LittleEndian.PutUint32(raw[4*d:], math.Float32bits(x))
			}
			if _, err := to.Write(raw); err != nil {
				return err
			}
		}
	}
	if err := binary.Write(b, binary.LittleEndian, sum.Sum32()); err != nil {
		return err
	}
	return b.Flush()
}

// Restore reads a checkpoint of the same corpus, Config and seed. After an error the trainer is of no more use.
func (t *Trainer) Restore(r io.Reader) error {
	from := &summed{r: bufio.NewReaderSize(r, 1<<16), sum: crc32.New(crc32.MakeTable(crc32.Castagnoli))}
	begin := make([]byte, len(magic))
	if _, err := io.ReadFull(from, begin); err != nil || string(begin) != magic {
		return fmt.Errorf("it is no checkpoint of word vectors that this version writes")
	}
	var h head
	if err := binary.Read(from, binary.LittleEndian, &h); err != nil {
		return fmt.Errorf("the checkpoint ends too early")
	}
	n := len(t.Corpus.Vocabulary.Words)
	if h.Training != t.fingerprint() || int(h.Words) != n || int(h.Size) != t.size {
		return fmt.Errorf("the checkpoint is of other texts, settings or another seed")
	}
	if int(h.Epoch) > t.Config.Epochs || h.At%block != 0 || h.At > 0 && h.At >= uint64(len(t.Corpus.IDs)) {
		return fmt.Errorf("the checkpoint names place %d of epoch %d, which there is not", h.At, h.Epoch+1)
	}
	raw := make([]byte, 4*t.size)
	for _, m := range [][]float32{t.in, t.out} {
		for i := range n {
			if _, err := io.ReadFull(from, raw); err != nil {
				return fmt.Errorf("the checkpoint ends too early")
			}
			row := m[i*t.ld:][:t.size]
			for d := range row {
				row[d] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*d:]))
			}
		}
	}
	want := from.sum.Sum32()
	var sum uint32
	if err := binary.Read(from, binary.LittleEndian, &sum); err != nil || sum != want {
		return fmt.Errorf("the checkpoint is damaged: its sum is wrong")
	}
	t.epoch, t.at, t.loss, t.count = int(h.Epoch), int(h.At), h.Loss, h.Count
	return nil
}

// summed adds up what is read through it.
type summed struct {
	r   io.Reader
	sum hash.Hash32
}

func (s *summed) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	s.sum.Write(b[:n])
	return n, err
}

// Matrices copies the vectors of the words and those of their contexts, [words, size] each.
func (t *Trainer) Matrices(words, contexts []float32) {
	for i := range t.Corpus.Vocabulary.Words {
		copy(words[i*t.size:][:t.size], t.in[i*t.ld:])
		copy(contexts[i*t.size:][:t.size], t.out[i*t.ld:])
	}
}

// Continue takes vectors as Matrices gave them after so many steps of an epoch.
func (t *Trainer) Continue(words, contexts []float32, epoch, steps int) {
	for i := range t.Corpus.Vocabulary.Words {
		copy(t.in[i*t.ld:][:t.size], words[i*t.size:])
		copy(t.out[i*t.ld:][:t.size], contexts[i*t.size:])
	}
	t.epoch, t.at = epoch, steps*block
	t.loss, t.count = 0, 0
}

// Steps returns the number of steps of an epoch.
func (t *Trainer) Steps() int { return (len(t.Corpus.IDs) + block - 1) / block }
