package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"gorae/board"
	"gorae/internal/lang"
)

type boardWords struct {
	Dir    string   `arg:"" optional:"" name:"dir" default:"runs" help:"Folder of the runs; runs if left out."`
	Listen string   `placeholder:"ADDRESS" default:"127.0.0.1:8765" help:"Address to listen on; 127.0.0.1:8765 if left out, port 0 for any that is free. On another address than this machine's own the board is read-only."`
	Host   []string `placeholder:"NAME" help:"Further host name by which browsers ask for the board."`
}

// Help is shown by gorae board --help.
func (boardWords) Help() string {
	return `The runs below the folder appear as they train: a table that sorts and searches, with the settings in which the runs
differ; their curves over each other, smoothed; their pictures side by side; notes; and the report of those that are
chosen. The page needs no network. Ctrl-C ends it.`
}

// Run serves the board until it is interrupted.
func (w *boardWords) Run(o *environment) error {
	language := lang.English
	if o.by != nil {
		language = o.by.Language()
	}
	l, err := net.Listen("tcp", w.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w; name another with --listen", w.Listen, err)
	}
	defer func() { _ = l.Close() }()
	address := l.Addr().(*net.TCPAddr)
	s, err := board.New(board.Options{Dir: w.Dir, Hosts: w.Host, ReadOnly: !address.IP.IsLoopback(), Words: o.by,
		Language: string(language), Version: version})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 1 << 16}
	if _, err := fmt.Fprintf(o.report, "board       http://%s/\n", address); err != nil {
		return err
	}
	if !address.IP.IsLoopback() {
		if err := o.note([]string{"whoever reaches this address sees the runs; the board is read-only"}); err != nil {
			return err
		}
	}
	stop := context.AfterFunc(o.ctx, func() {
		s.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx) // what is left ends with the process
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
