using LlmPlatform.TrainingWorker;

// Trains one job: what to do comes by standard input, what happened goes out by standard output, until the pipe ends.
return WorkerHost.Run(args);
