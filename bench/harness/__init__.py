"""What all benches share: building, starting and pinning processes, and figures with their medians."""
