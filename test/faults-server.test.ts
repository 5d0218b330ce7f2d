// What Redis servers do to workers: none of their jobs is lost, none completes twice, and they go on by themselves.
import { serverFaults } from './faults/server';
import { faultTests } from './faults/table';

faultTests(serverFaults);
