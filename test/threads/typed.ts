interface Data {
  value: number;
}

export default async (job: { data: Data }): Promise<{ doubled: number }> => ({ doubled: job.data.value * 2 });
