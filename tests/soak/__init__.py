"""The endurance run: real desks under injected faults for as long as one likes; see __main__."""
