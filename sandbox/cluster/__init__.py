"""An environment on the Kubernetes node of this machine, and the demo that shows the loop there."""
