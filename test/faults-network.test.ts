// What networks do to workers: none of their jobs is lost, none completes twice, and they go on by themselves.
import { networkFaults } from './faults/network';
import { faultTests } from './faults/table';

faultTests(networkFaults);
