package main

import (
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
)

// etcd is a single member that does not wait for the disk: what a test cluster holds is disposable.
func etcd() *cobra.Command {
	var folder, client, peer string
	command := &cobra.Command{
		Use:          "etcd",
		SilenceUsage: true,
		RunE:         func(*cobra.Command, []string) error { return serveEtcd(folder, client, peer) },
	}
	command.Flags().StringVar(&folder, "data-dir", "", "data folder")
	command.Flags().StringVar(&client, "client-url", "http://127.0.0.1:2379", "where clients connect")
	command.Flags().StringVar(&peer, "peer-url", "http://127.0.0.1:2380", "where other members would connect")
	return command
}

func serveEtcd(folder, client, peer string) error {
	clients, err := url.Parse(client)
	if err != nil {
		return err
	}
	peers, err := url.Parse(peer)
	if err != nil {
		return err
	}
	config := embed.NewConfig()
	config.Dir, config.UnsafeNoFsync, config.LogLevel = folder, true, "warn"
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{*clients}, []url.URL{*clients}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{*peers}, []url.URL{*peers}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	server, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	defer server.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		return nil
	case err := <-server.Err():
		return err
	}
}
