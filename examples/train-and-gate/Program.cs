// The program that ships the model: it exists only after the gate has passed.
string model = Path.Combine(AppContext.BaseDirectory, "models", "digits.onnx");
Console.WriteLine(File.Exists(model) ? $"{Path.GetFileName(model)} was judged by the build and ships beside this program." : "The model is missing: build the project.");
